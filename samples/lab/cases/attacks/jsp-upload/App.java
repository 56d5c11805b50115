import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** A web application with JSPs and an upload into its own folder. */
public class App {
  public static void main(String[] args) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(new File("tomcat").getAbsolutePath());
    tomcat.setPort(Integer.getInteger("lab.port"));
    tomcat.getConnector();
    File web = new File("web").getAbsoluteFile();
    web.mkdirs();
    Context context = tomcat.addWebapp("", web.getPath());
    Tomcat.addServlet(context, "upload", new Upload(web));
    context.addServletMappingDecoded("/upload", "upload");
    tomcat.start();
    tomcat.getServer().await();
  }

  private static final class Upload extends HttpServlet {
    private final File folder;

    Upload(File folder) {
      this.folder = folder;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      try (FileOutputStream out =
          new FileOutputStream(new File(folder, request.getParameter("name")))) {
        request.getInputStream().transferTo(out);
      }
      response.getWriter().println("kept");
    }
  }
}
