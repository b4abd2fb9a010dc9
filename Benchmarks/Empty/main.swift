// Does nothing, with everything that `cuaderno` links: the start-up that no command can be below.

import CuadernoClient
