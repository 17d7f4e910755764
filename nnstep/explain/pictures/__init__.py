"""What each picture shows, as data: one file a picture. The screen paints it, and `--plain` says it in sentences."""
