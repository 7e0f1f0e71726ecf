// @ts-check

/**
 * Open a tab of the inspector as its user does: Streamlit then keeps the rest of the address and adds no step to the history. Return
 * whether the tab is there yet.
 * @param {string} label
 */
export function openTab(label) {
  const tabs = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.st-key-inspector [data-testid=stTab]'));
  const tab = [...tabs].find((one) => one.textContent?.trim() === label);
  tab?.click();
  return Boolean(tab);
}
