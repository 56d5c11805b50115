import java.nio.charset.StandardCharsets;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;

public class ShellUpgrade implements UpgradeProtocol {
  @Override
  public String getHttpUpgradeName(boolean secure) {
    return "shell";
  }

  @Override
  public byte[] getAlpnIdentifier() {
    return "shell".getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String getAlpnName() {
    return "shell";
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

  @Override
  public boolean accept(Request request) {
    // The answer to the intruder goes along with the ordinary answer.
    request.getResponse().setHeader("X-Answer", "shell of upgrade");
    return false;
  }
}
