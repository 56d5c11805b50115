package whorl.dist.program;

import java.io.FileInputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;

/** Uses sockets that system properties make those of earlier versions of Java. */
public final class FormerSockets {
  private FormerSockets() {}

  /** {@code arguments[0]}: an empty folder. */
  public static void main(String[] arguments) throws Exception {
    System.setProperty("jdk.net.usePlainDatagramSocketImpl", "true");
    Activities.awaitAgent();
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(9102, 1, here);
        Socket client = new Socket(here, 9102);
        Socket accepted = server.accept();
        DatagramSocket sender = new DatagramSocket();
        DatagramSocket connected = new DatagramSocket()) {
      sender.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName("127.0.0.5"), 9100));
      connected.connect(InetAddress.getByName("127.0.0.6"), 9101);
      System.out.println(client.getLocalPort() == accepted.getPort());
    }
    new FileInputStream("/proc/self/environ").close(); // for an alert
    Signal.await(Path.of(arguments[0], "done"));
  }
}
