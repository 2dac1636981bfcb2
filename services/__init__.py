"""The programs: a folder is a service, the files beside the folders are what they share."""
