import CuadernoClient

await CuadernoCommand.run()
