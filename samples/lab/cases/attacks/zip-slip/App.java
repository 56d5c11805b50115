import java.io.File;
import java.io.FileOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import whorl.lab.app.Web;

/** Unpacks archives of clients. */
public class App {
  public static void main(String[] args) throws Exception {
    File folder = new File("unpacked/a").getAbsoluteFile();
    folder.mkdirs();
    Web.create()
        .on(
            "/unpack",
            request -> {
              ZipInputStream zip = new ZipInputStream(request.getInputStream());
              for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                try (FileOutputStream out =
                    new FileOutputStream(new File(folder, entry.getName()))) {
                  zip.transferTo(out);
                }
              }
              return "unpacked";
            })
        .start();
  }
}
