// Reports this page to the Mirante it comes from: no cookie, nothing stored, nothing read but the page's address and the host before.
(() => {
  const me = document.currentScript;
  const referrer = document.referrer.split('/', 3).join('/') || undefined;
  const send = () => {
    fetch(new URL('/api/v1/visits', me.src), {
      method: 'POST',
      keepalive: true,
      credentials: 'omit',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ site: me.dataset.site || location.hostname, path: location.pathname, referrer }),
    }).catch(() => {});
  };
  // A page loaded ahead counts when somebody looks at it; one that comes back from the history counts again.
  if (document.prerendering) document.addEventListener('prerenderingchange', send, { once: true });
  else send();
  addEventListener('pageshow', (event) => {
    if (event.persisted) send();
  });
})();
