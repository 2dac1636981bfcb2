"""The doors of console: pages for people, their JSON twins for programs, and live streams for open pages."""
