// Browsers start no worker for pages that are opened as files: there, the search runs in a frame.
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(url) {
      this.unsent = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.onload = () => this.begin(this.frame.contentWindow, new URL(url, location).href);
      document.documentElement.append(this.frame);
    }

    begin(inner, url) {
      if (this.inner) return;
      this.inner = inner;
      inner.postMessage = (data) => this.tell(this, structuredClone(data));
      const script = inner.document.createElement("script");
      script.src = url;
      script.onload = () => {
        const unsent = this.unsent;
        this.unsent = null;
        unsent.forEach((data) => this.postMessage(data));
      };
      inner.document.documentElement.append(script);
    }

    postMessage(data) {
      if (this.unsent) this.unsent.push(data);
      else this.tell(this.inner, this.inner.structuredClone(data));
    }

    // later, as between threads: an answer must not come while the question is still being asked
    tell(receiver, data) {
      setTimeout(() => receiver.onmessage?.(new MessageEvent("message", { data })));
    }

    terminate() {
      this.frame.remove();
    }
  };
}
