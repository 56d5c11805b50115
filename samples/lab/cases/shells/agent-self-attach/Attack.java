import whorl.lab.attack.Attacker;
import whorl.lab.attack.Shells;

public class Attack {
  public static void main(String[] args) throws Exception {
    Shells.inject(Shell.Order.class, Shell.class);
    Shells.use("/hello");
    Attacker.done();
  }
}
