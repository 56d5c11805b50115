import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import whorl.lab.app.Web;

/** Talks TLS with a certificate of its own. */
public class App {
  public static void main(String[] args) throws Exception {
    File store = new File("server.p12");
    sun.security.tools.keytool.Main.main(
        ("-genkeypair -alias a -keyalg RSA -storetype PKCS12 -storepass changeit -dname CN=localhost"
                + " -ext san=dns:localhost,ip:127.0.0.1 -keystore "
                + store)
            .split(" "));
    SSLServerSocket server =
        (SSLServerSocket)
            context(store)
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread answers = new Thread(() -> answer(server));
    answers.setDaemon(true);
    answers.start();
    Web.create().on("/work", request -> ask(store, server)).start();
  }

  private static void answer(SSLServerSocket server) {
    while (true) {
      try (SSLSocket socket = (SSLSocket) server.accept()) {
        socket.getOutputStream().write("hello".getBytes());
      } catch (IOException e) {
        e.printStackTrace();
      }
    }
  }

  private static String ask(File store, SSLServerSocket server) throws Exception {
    try (SSLSocket socket =
        (SSLSocket)
            context(store)
                .getSocketFactory()
                .createSocket(server.getInetAddress(), server.getLocalPort())) {
      return new String(socket.getInputStream().readAllBytes());
    }
  }

  private static SSLContext context(File file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (FileInputStream in = new FileInputStream(file)) {
      store.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, "changeit".toCharArray());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
