<% for (int i = 0; i < 3; i++) { %><li><%= i * i %></li><% } %>${param.q}
