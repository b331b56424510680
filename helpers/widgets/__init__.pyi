# Read by lazy_loader when `helpers.widgets` is imported, by editors and by type checkers.
from .cut_point import CutPoint as CutPoint
from .data_dial import DataDial as DataDial
from .error_gallery import ErrorGallery as ErrorGallery
from .freeze_lab import FreezeLab as FreezeLab
from .guess import Guess as Guess
from .layer_microscope import LayerMicroscope as LayerMicroscope
from .photo_booth import PhotoBooth as PhotoBooth
from .photo_browser import PhotoBrowser as PhotoBrowser
from .photo_drop import PhotoDrop as PhotoDrop
from .photo_map import PhotoMap as PhotoMap
from .prediction import Prediction as Prediction
from .quiz import quiz as quiz
from .race import Race as Race
