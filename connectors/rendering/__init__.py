"""From what a message should say to what each channel shows; nothing here sends, reads or waits."""
