"""Sphinx's settings for the course's website. `make site` builds it; `build.py` says in which steps.

No page may name another host: what Sphinx, MyST and the theme would fetch from a CDN is switched off here, and
`links.py` checks the result.
"""

project = "Graft"
author = "the Graft contributors"
language = "en-GB"
extensions = ["myst_nb", "sphinx.ext.githubpages"]
root_doc = "index"
exclude_patterns = ["**/.ipynb_checkpoints"]
suppress_warnings = ["misc.highlighting_failure"]  # `!pip` and `%cd` are no Python, and shown all the same

# The lessons are shown as they are stored: nothing runs.
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}  # each widget is stored as a picture, so no script has to bring it to life
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]

myst_enable_extensions = ["fieldlist"]
myst_heading_anchors = 4  # glossary.md#freeze-boundary
myst_links_external_new_tab = False

python_maximum_signature_line_length = 88
add_module_names = False
python_use_unqualified_type_names = True
toc_object_entries = False  # each has a heading

html_theme = "sphinx_book_theme"
html_title = "Graft"
html_logo = html_favicon = "_static/graft.svg"
html_static_path = ["_static"]
html_css_files = ["look.css"]
html_copy_source = html_show_sourcelink = False
html_show_sphinx = html_show_copyright = False
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system has it
html_theme_options = {
    "logo": {"text": "Graft", "alt_text": ""},
    "navbar_persistent": [],  # the search field is in the sidebar
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "home_page_in_toc": False,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "use_repository_button": False,
    "use_issues_button": False,
    "launch_buttons": {},
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_content_items": ["extra-footer"],
    "extra_footer": "<p>Transfer learning you can touch. Code and lessons: Apache-2.0.</p>",
}
