import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

public class ShellController {
  public void shell(HttpServletResponse response) throws IOException {
    response.getWriter().print("shell of mapping");
  }
}
