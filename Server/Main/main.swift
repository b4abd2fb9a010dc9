import CuadernoServer

await ServerCommand.run()
