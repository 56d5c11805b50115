import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;

public class ShellListener implements ServletRequestListener {
  @Override
  public void requestInitialized(ServletRequestEvent event) {}
}
