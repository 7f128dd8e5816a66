// Reports this page to the Mirante it comes from: no cookie, nothing stored, nothing read but the address of the page.
(() => {
  const me = document.currentScript;
  const send = () => {
    fetch(new URL('/api/v1/visits', me.src), {
      method: 'POST',
      keepalive: true,
      credentials: 'omit',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ site: me.dataset.site || location.hostname, path: location.pathname }),
    }).catch(() => {});
  };
  // A page loaded ahead counts when somebody looks at it; one that comes back from the history counts again.
  if (document.prerendering) document.addEventListener('prerenderingchange', send, { once: true });
  else send();
  addEventListener('pageshow', (event) => {
    if (event.persisted) send();
  });
})();
