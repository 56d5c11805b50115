import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

/** A Jetty that reads twenty small files for each answer. */
public final class FileService extends Handler.Abstract {
  private static final int FILES = 20;

  private final Path folder;

  private FileService(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("files");
    for (int i = 0; i < FILES; i++) {
      Files.writeString(folder.resolve("part" + i + ".txt"), "part " + i + "\n");
    }
    Server server = new Server(Integer.parseInt(System.getenv("PORT")));
    server.setHandler(new FileService(folder));
    server.start();
    server.join();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < FILES; i++) {
      text.append(Files.readString(folder.resolve("part" + i + ".txt")));
    }
    byte[] answer = text.toString().getBytes(StandardCharsets.UTF_8);
    response.getHeaders().put("Content-Type", "text/plain");
    response.getHeaders().put("Content-Length", answer.length);
    response.write(true, ByteBuffer.wrap(answer), callback);
    return true;
  }
}
