"""The routes, one file a noun; `web.app` lists them."""
