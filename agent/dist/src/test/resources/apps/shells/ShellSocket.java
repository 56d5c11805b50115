import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.UncheckedIOException;

public class ShellSocket extends Endpoint {
  @Override
  public void onOpen(Session session, EndpointConfig config) {
    try {
      session.getBasicRemote().sendText("shell of socket");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
