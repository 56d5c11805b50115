<%@ page contentType="text/html; charset=utf-8" %>
<html><body><h1>Shop</h1><p>You came ${empty sessionScope.visits ? 1 : sessionScope.visits} times.</p>
<% session.setAttribute("visits", session.getAttribute("visits") == null ? 2 : (Integer) session.getAttribute("visits") + 1); %>
</body></html>
