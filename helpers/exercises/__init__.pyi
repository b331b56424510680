# Read by lazy_loader when `helpers.exercises` is imported, by editors and by type checkers.
from . import lesson_00 as lesson_00
from . import lesson_01 as lesson_01
from . import lesson_02 as lesson_02
from . import lesson_03 as lesson_03
from . import lesson_04 as lesson_04
from . import lesson_05 as lesson_05
from . import lesson_06 as lesson_06
from . import lesson_07 as lesson_07
from . import lesson_08 as lesson_08
from . import lesson_09 as lesson_09
from . import lesson_10 as lesson_10
from . import lesson_11 as lesson_11
from .progress import progress as progress
