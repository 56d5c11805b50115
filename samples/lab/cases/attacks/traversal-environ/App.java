import java.nio.file.Files;
import java.nio.file.Path;
import whorl.lab.app.Web;

/** Shows and keeps invoices by name. */
public class App {
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of("invoices").toAbsolutePath());
    Web.create()
        .on("/view", request -> Files.readString(Path.of(folder + "/" + request.getParameter("q"))))
        .on(
            "/keep",
            request ->
                Files.write(Path.of(folder + "/" + request.getParameter("q")), Web.body(request)))
        .start();
  }
}
